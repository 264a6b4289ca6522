"""The database: rows without behaviour, transactions, migrations."""
