"""What a proposal hopes to show, before anything ran: its figures, from expected values, and the seeds they take."""
