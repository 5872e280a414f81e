"""The tests of homuhomu that run from outside the program."""
