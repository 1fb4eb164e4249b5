"""What several sources say, for people: contradictions, quality of feeds, origins of values, on a page and in lines."""
