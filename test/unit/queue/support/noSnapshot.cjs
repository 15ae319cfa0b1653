// Stands in for the snapshot thread in tests whose snapshots fail or are of no interest.
