"""System tests: the shipped program against the fakes."""
