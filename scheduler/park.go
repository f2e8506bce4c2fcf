package scheduler

import (
	"context"
	"runtime"
	"time"
)

// park blocks until something was posted, a timer is due, a context has ended or, if it was called while guests were busy,
// none is any more. It reports whether patience has run out with them instead.
func (s *Scheduler) park(wait context.Context, busy bool) (impatient bool) {
	s.mu.Lock()
	if s.wake == nil {
		s.wake = make(chan struct{}, 1)
	}
	wake, again := s.wake, len(s.posted) > 0 || busy && !s.busy()
	s.mu.Unlock()
	if again {
		return false
	}
	var due, over <-chan time.Time
	if len(s.timers) > 0 {
		timer := time.NewTimer(time.Until(s.timers[0].due))
		defer timer.Stop()
		due = timer.C
	}
	moves := s.guests.Load()
	s.timed = busy && s.patience > 0
	if s.timed {
		if moves != s.moves || s.hooks.len() == 0 {
			s.moves, s.since = moves, time.Now()
		}
		timer := time.NewTimer(s.patience - time.Since(s.since))
		defer timer.Stop()
		over = timer.C
	}
	s.parked.Store(true)
	select {
	case <-wake:
	case <-due:
	case <-over:
		impatient = s.still(moves)
	case <-s.ctx.Done():
	case <-wait.Done():
	}
	s.turn.Lock() // a guest may be in the loop's place
	s.parked.Store(false)
	s.turn.Unlock()
	return impatient && s.hooks.len() > 0
}

// still reports whether guests have done nothing since moves was read. On a busy machine they may only have had no
// processor, so it lets whoever is ready to run do so first.
func (s *Scheduler) still(moves int64) bool {
	for range 4 {
		runtime.Gosched()
		if s.guests.Load() != moves || s.inbox.Load() {
			return false
		}
	}
	return true
}

// stepIn runs v's Enter on the caller's goroutine, if the loop is parked with nothing to do first, and reports whether it
// did. The loop can't go on meanwhile, so for Enter this is the loop.
func (s *Scheduler) stepIn(v *Visit) (entered bool) {
	if !s.turn.TryLock() {
		return false
	}
	if !s.parked.Load() || s.inbox.Load() || s.queue.len() > 0 {
		s.turn.Unlock()
		return false
	}
	s.parked.Store(false)
	s.guests.Add(change)
	s.stats.Jobs++
	hooks, timers := s.hooks.len(), s.timerSeq
	entered = true
	returned := false
	defer func() {
		if !returned { // as drain does it
			err := ErrGoexit
			if r := recover(); r != nil {
				err = NewPanicError(r)
			}
			v.Leave(err)
		}
		if !v.over.Load() {
			v.depart()
		}
		asked := s.hooks.len() != hooks && (!v.away || s.patience > 0 && !s.timed)
		if asked || s.queue.len() > 0 || s.timerSeq != timers {
			s.look()
		}
		s.parked.Store(true)
		s.turn.Unlock()
	}()
	v.enter()
	returned = true
	return entered
}

// look has a parked loop look again at what there is to do.
func (s *Scheduler) look() {
	s.mu.Lock()
	s.signal()
	s.mu.Unlock()
}
