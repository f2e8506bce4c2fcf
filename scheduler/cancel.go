package scheduler

import (
	"context"
	"time"
)

// What a cancelled loop may still do: run what the cancellation enqueued, but not for ever, since a callback loop that
// never ends looks the same from outside. Both bounds are far above what an honest clean-up needs; the count is there for
// tests whose clock stands still.
const (
	graceTime  = time.Second
	graceSteps = 1 << 24
)

type grace struct {
	until time.Time
	steps uint64 // the number of jobs and ticks at which it is over
}

// interrupted looks at the contexts: it begins the cancellation when Run's has ended, and returns the error with which
// drive has to return now, if it has to.
func (s *Scheduler) interrupted(wait context.Context) error {
	if s.cause == nil {
		if s.ctx.Err() != nil {
			s.cancel()
		}
	} else if s.stats.Jobs+s.stats.Ticks >= s.grace.steps || time.Now().After(s.grace.until) {
		return s.cause
	}
	if wait.Err() != nil && wait.Done() != s.ctx.Done() { // a nested wait's own context: it alone is over
		return context.Cause(wait)
	}
	return nil
}

// cancel ends what the loop was waiting for. drive goes on until all that this enqueues has run.
func (s *Scheduler) cancel() {
	s.cause = context.Cause(s.ctx)
	s.grace = grace{until: time.Now().Add(graceTime), steps: s.stats.Jobs + s.stats.Ticks + graceSteps}
	s.abandon(s.cause)
	s.wakeAll(s.cause)
}

// Close ends what is left, so that nothing outlives the request: operations in flight end with ErrClosed, suspended Async
// functions are woken with it, and what all that enqueues runs. Run leaves nothing, so Close is for those who return before
// it: a handler that only Awaits defers Close. It returns what Run would, without ErrClosed: nil, or an *UnhandledError. It
// may be called where Run may be. Timers that are pending do not fire. The goroutines of the operations end when their ctx
// does. A call from another goroutine, such as promise.Call, returns ErrClosed at once from then on, until the loop is driven
// again.
func (s *Scheduler) Close() error {
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(ErrClosed)
	if !s.enter(ctx, ByClose) {
		return ErrNestedRun
	}
	var err error
	defer func() { s.leave(ByClose, err) }()
	s.mu.Lock()
	s.closed = true // before drive, which serves the calls that were posted by now
	s.mu.Unlock()
	_ = s.drive(ctx, nil) // which is ErrClosed
	err = s.unhandled(ErrClosed)
	return err
}
