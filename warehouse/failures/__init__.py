"""What an error of what lies below says: causes, the machine's answers, and the paragraph that a person is told of each."""
