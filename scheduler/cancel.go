package scheduler

import (
	"context"
	"time"
)

// What a cancelled loop may still do: run what the cancellation enqueued, but not for ever, since a callback loop that
// never ends looks the same from outside. Both bounds are far above what an honest clean-up needs; the count is there for
// tests whose clock stands still.
const (
	graceTime = time.Second
	graceJobs = 1 << 24
)

type grace struct {
	until time.Time
	jobs  uint64 // the value of Stats.Jobs at which it is over
}

// interrupted looks at the contexts: it begins the cancellation when Run's has ended, and returns the error with which
// drive has to return now, if it has to.
func (s *Scheduler) interrupted(wait context.Context) error {
	if s.cause == nil {
		if s.ctx.Err() != nil {
			s.cancel()
		}
	} else if s.stats.Jobs >= s.grace.jobs || time.Now().After(s.grace.until) {
		return s.cause
	}
	if wait != nil && wait.Err() != nil {
		return context.Cause(wait)
	}
	return nil
}

// cancel ends what the loop was waiting for. drive goes on until all that this enqueues has run.
func (s *Scheduler) cancel() {
	s.cause = context.Cause(s.ctx)
	s.grace = grace{until: time.Now().Add(graceTime), jobs: s.stats.Jobs + graceJobs}
	s.abandon(s.cause)
	s.wakeAll(s.cause)
}
