"""Who did what: content and packets approved, documents signed, and the record that proves it."""
