package trace

import (
	"fmt"
	"strings"
	"time"

	"github.com/batchtick/batchtick/dataloader"
)

// Summary is a record in numbers.
type Summary struct {
	Rounds  int `json:"rounds"`  // tick ends at which a loader dispatched
	Batches int `json:"batches"` // those in flight included
	Keys    int `json:"keys"`    // sent in them
	Running int `json:"running"` // batches in flight

	Loads uint64 `json:"loads"` // calls of Load
	Hits  uint64 `json:"hits"`  // duplicates saved: loads that the cache served, or a key that was queued already

	FailedBatches int `json:"failed_batches"`
	FailedKeys    int `json:"failed_keys"`

	Largest  Extreme `json:"largest"`
	Smallest Extreme `json:"smallest"`

	Wall       time.Duration `json:"wall_ns"`        // in the loop: in Run, outermost Await, and Close
	LoaderTime time.Duration `json:"loader_time_ns"` // in batch functions, summed: more than Wall if they ran side by side

	Loaders []LoaderSummary `json:"loaders"` // in the order in which they were made
	Advice  []Advice        `json:"advice,omitempty"`
}

// Extreme is the first batch of a size.
type Extreme struct {
	Loader string `json:"loader"`
	Round  uint64 `json:"round"`
	Keys   int    `json:"keys"`
}

// LoaderSummary is what one loader did.
type LoaderSummary struct {
	Name string `json:"name"`
	dataloader.Stats
}

// Summary counts what was recorded, and gives advice.
func (r *Recorder) Summary() Summary {
	v := r.look()
	s := Summary{Advice: r.advise(v)}
	for _, run := range v {
		s.Rounds += len(run.rounds)
		for _, round := range run.rounds {
			for _, b := range round.bars {
				s.add(b)
			}
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, l := range r.loaders {
		stats := l.Loader.Stats()
		s.Loads += stats.Loads
		s.Hits += stats.Hits
		s.Loaders = append(s.Loaders, LoaderSummary{Name: l.Name, Stats: stats})
	}
	for _, run := range r.runs {
		s.Wall += run.wall
	}
	if r.depth > 0 {
		s.Wall += time.Since(r.entered)
	}
	return s
}

func (s *Summary) add(b bar) {
	this := Extreme{b.Loader.Name, b.Round, b.Size}
	if s.Batches == 0 || b.Size > s.Largest.Keys {
		s.Largest = this
	}
	if s.Batches == 0 || b.Size < s.Smallest.Keys {
		s.Smallest = this
	}
	s.Batches++
	s.Keys += b.Size
	s.FailedKeys += b.FailedKeys
	s.LoaderTime += b.end - b.start
	if b.Err != nil {
		s.FailedBatches++
	}
	if b.running {
		s.Running++
	}
}

// String returns the counts in one line, and each advice in one of its own.
func (s Summary) String() string {
	if s.Batches == 0 {
		return "nothing was loaded"
	}
	lines := []string{fmt.Sprintf("%s, %s, %s; %s, %s; %s in the loop, %s in batch functions",
		count(s.Rounds, "round"), count(s.Batches, "batch"), count(s.Keys, "key"),
		count(int(s.Loads), "load"), count(int(s.Hits), "hit"), short(s.Wall), short(s.LoaderTime))}
	if s.FailedBatches > 0 || s.FailedKeys > 0 {
		lines[0] += fmt.Sprintf("; %s and %s failed", count(s.FailedBatches, "batch"), count(s.FailedKeys, "key"))
	}
	if s.Running > 0 {
		lines[0] += fmt.Sprintf("; %s still running", count(s.Running, "batch"))
	}
	for _, a := range s.Advice {
		lines = append(lines, "advice: "+a.Text)
	}
	return strings.Join(lines, "\n")
}
