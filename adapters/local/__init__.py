"""The local platform: a small chat platform in our own process, with a web page and a clock to turn."""
