"""What is said: appointments and templates become facts, blanks, editions and wordings."""
