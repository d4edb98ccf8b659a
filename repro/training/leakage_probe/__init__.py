"""The blindness probe: does an experiment's own code let test items reach weights, choice or predictions?"""
