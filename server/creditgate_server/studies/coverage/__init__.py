"""Licences that were issued, put beside the checks that had to come before them (应查必查、奖惩到位)."""
