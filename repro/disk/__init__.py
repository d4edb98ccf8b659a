"""Reading folders of strangers, and writing files whole or not at all.

Takes: paths and text.
Gives: open files, text that is safe to show, and files on the disk.
May import: no other room.
"""
