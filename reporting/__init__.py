"""What is made of an edition for people: map layers with their styles. It knows the contracts and what it is given, no
other room.
"""
