"""What a lecture needs beside the pages of a lesson: its parts, speaker notes, and the window that shows them."""
