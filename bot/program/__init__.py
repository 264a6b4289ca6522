"""The mission: rounds, registration, pairing, partnerships, discussion, check-ins, evaluation."""
