"""What translators and reviewers do: extract, update, check, review, preview, and exchange with their own tools."""
