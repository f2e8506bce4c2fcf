package dataloader

import (
	"encoding/json"
	"time"
)

// Stats is a snapshot of what a loader has done since it was made. It is an expvar.Var: publish a copy that was taken on the
// loop's goroutine.
type Stats struct {
	Loads         uint64        `json:"loads"`          // calls of Load, those within LoadMany and its like included: Hits and Misses
	Hits          uint64        `json:"hits"`           // loads that were served from the cache, or by a key that was queued already
	Misses        uint64        `json:"misses"`         // loads that queued a key, or failed to because the cache panicked
	Batches       uint64        `json:"batches"`        // batches sent
	Keys          uint64        `json:"keys"`           // keys sent in them
	FailedBatches uint64        `json:"failed_batches"` // batches that failed as a whole
	FailedKeys    uint64        `json:"failed_keys"`    // keys that were rejected, with their batch or alone
	LargestBatch  uint64        `json:"largest_batch"`  // keys in the largest batch
	Time          time.Duration `json:"time_ns"`        // in batch functions, summed over the batches that have ended
}

// Stats returns the counts so far. It may be called on the loop's goroutine only.
func (l *KeyedLoader[K, V]) Stats() Stats {
	stats := l.stats
	stats.Loads = stats.Hits + stats.Misses // counted once, not twice, on the way
	return stats
}

// Add returns the sum of s and t, for totals over loaders or requests.
func (s Stats) Add(t Stats) Stats {
	s.Loads += t.Loads
	s.Hits += t.Hits
	s.Misses += t.Misses
	s.Batches += t.Batches
	s.Keys += t.Keys
	s.FailedBatches += t.FailedBatches
	s.FailedKeys += t.FailedKeys
	s.LargestBatch = max(s.LargestBatch, t.LargestBatch)
	s.Time += t.Time
	return s
}

// String returns s as JSON, as expvar wants it.
func (s Stats) String() string {
	text, err := json.Marshal(s)
	if err != nil {
		panic(err) // it has numbers only
	}
	return string(text)
}

func (s *Stats) started(keys int) {
	s.Batches++
	s.Keys += uint64(keys)
	s.LargestBatch = max(s.LargestBatch, uint64(keys))
}
