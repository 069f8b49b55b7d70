"""What a request or a call is given: parameters and arguments, wherever they are written."""
