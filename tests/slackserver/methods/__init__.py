"""The methods of the Web API, a module a family. Each exports its handlers by the methods' names."""
