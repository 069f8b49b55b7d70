"""What is written down together (a dict, a call's keywords) and how it is changed; findings with their edits."""
