"""The report: a document as one HTML file that opens anywhere without network or script, and as PDF."""
