package scheduler

import "encoding/json"

// Stats is a snapshot of what a scheduler has done since New. It is an expvar.Var: publish a copy that was taken on the
// loop's goroutine.
type Stats struct {
	Ticks      uint64 `json:"ticks"`      // ticks that ended
	Rounds     uint64 `json:"rounds"`     // tick ends at which a hook ran: a loader dispatched
	Jobs       uint64 `json:"jobs"`       // jobs run
	Operations uint64 `json:"operations"` // operations whose goroutine was started
	Forced     uint64 `json:"forced"`     // ticks that WithPatience ended while guests were active
}

// Stats returns the counts so far. It may be called from the loop's goroutine only.
func (s *Scheduler) Stats() Stats { return s.stats }

// Add returns the sum of s and t, for totals over requests.
func (s Stats) Add(t Stats) Stats {
	s.Ticks += t.Ticks
	s.Rounds += t.Rounds
	s.Jobs += t.Jobs
	s.Operations += t.Operations
	s.Forced += t.Forced
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
