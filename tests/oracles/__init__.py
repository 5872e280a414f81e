"""Independent implementations that the program's answers are compared with."""
