"""What has to be true whatever happened: one function each, over facts that others collected."""
