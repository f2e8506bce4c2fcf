package dataloader

// Stats is a snapshot of what a loader has done since it was made.
type Stats struct {
	Loads         uint64 // calls of Load, those within LoadMany and its like included
	Hits          uint64 // loads that were served from the cache, or by a key that was queued already
	Batches       uint64 // batches sent
	Keys          uint64 // keys sent in them
	FailedBatches uint64 // batches that failed as a whole
	FailedKeys    uint64 // keys that were rejected, with their batch or alone
	LargestBatch  uint64 // keys in the largest batch
}

// Stats returns the counts so far.
func (l *KeyedLoader[K, V]) Stats() Stats { return l.stats }

func (s *Stats) started(keys int) {
	s.Batches++
	s.Keys += uint64(keys)
	s.LargestBatch = max(s.LargestBatch, uint64(keys))
}
