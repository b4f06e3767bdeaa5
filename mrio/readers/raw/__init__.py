"""Files as they are stored: archives, text, workbooks, labelled frames and numbers by code."""
