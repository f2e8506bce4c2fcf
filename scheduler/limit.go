package scheduler

import (
	"slices"
	"sync"
)

// limit is how many guests of a Group may run at once; nil is no limit. One that waits for its place does not count as
// active: it can't run before another gives its place up, so there is no use in the tick waiting for it.
type limit struct {
	mu      sync.Mutex
	free    int       // guarded by mu; below zero if guests go on without a place
	waiting []starter // guarded by mu; the longest first
}

// starter is a guest that is to begin, or to go on.
type starter interface {
	start()
	hurried() *bool // guarded by limit.mu: it does not wait for a place. nil for one that begins
}

// admit counts a guest and starts it, once there is a place for it.
func (l *limit) admit(s *Scheduler, next starter) {
	if l != nil && !l.take(next) {
		return
	}
	s.Announce(1)
	next.start()
}

// take takes a place for next, or puts it into the queue and reports false.
func (l *limit) take(next starter) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if hurried := next.hurried(); l.free <= 0 && (hurried == nil || !*hurried) {
		l.waiting = append(l.waiting, next)
		return false
	}
	l.free--
	return true
}

// leave gives the place of a guest to the next one. The guest itself still counts, so that the number does not drop to
// zero between the two.
func (l *limit) leave(s *Scheduler) {
	if l == nil {
		return
	}
	l.mu.Lock()
	if len(l.waiting) == 0 || l.free < 0 {
		l.free++
		l.mu.Unlock()
		return
	}
	next := l.waiting[0]
	l.waiting[0] = nil
	l.waiting = l.waiting[1:]
	l.mu.Unlock()
	s.Announce(1)
	next.start()
}

// hurry lets a guest go on without a place, now if it waits for one and else later: its ctx has ended, and who has the
// place may be waiting for it.
func (l *limit) hurry(s *Scheduler, guest starter) {
	if l == nil {
		return
	}
	l.mu.Lock()
	*guest.hurried() = true
	i := slices.Index(l.waiting, guest)
	if i >= 0 {
		l.waiting = slices.Delete(l.waiting, i, i+1)
		l.free--
		s.Announce(1) // before who has the place can leave it: the number must not drop to zero between the two
	}
	l.mu.Unlock()
	if i >= 0 {
		guest.start()
	}
}
