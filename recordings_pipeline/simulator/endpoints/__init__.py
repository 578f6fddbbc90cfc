"""What each address of the platform answers: functions from a question to an answer."""
