package scheduler

// Stats is a snapshot of what a scheduler has done since New.
type Stats struct {
	Ticks      uint64 // ticks that ended
	Rounds     uint64 // tick ends at which a hook ran: a loader dispatched
	Jobs       uint64 // jobs run
	Operations uint64 // operations whose goroutine was started
}

// Stats returns the counts so far. It may be called from the loop's goroutine only.
func (s *Scheduler) Stats() Stats { return s.stats }
