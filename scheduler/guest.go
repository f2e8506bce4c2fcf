package scheduler

import (
	"context"
	"sync/atomic"
	"time"
)

// A guest is a goroutine other than the loop's that the loop waits for before a tick can end: one that runs a resolver, or
// a func of a Group. The tick ends when no guest is active and the queue is empty. Then every guest is blocked in a call of
// promise.Call or has ended, so everything that could be asked for has been asked for, and no timer has to guess.
//
// Guests are counted. One is announced before its goroutine starts, so that nothing slips between the end of a parent and
// the start of its child; it is retired when it ends; and while it is blocked in a Visit it does not count, until just
// before it is woken.

// Announce counts n more guests. It may be called from any goroutine: by whoever starts them, before they start, and while
// it is itself counted or on the loop.
func (s *Scheduler) Announce(n int) {
	s.host()
	s.guests.Add(change + int64(n))
}

// Retire counts n guests less: they have ended. It may be called from any goroutine.
func (s *Scheduler) Retire(n int) {
	if int32(s.guests.Add(change-int64(n))) <= 0 {
		s.look()
	}
}

// change in Scheduler.guests says that something has moved, even if the number is the same again.
const change = 1 << 32

func (s *Scheduler) active() int { return int(int32(s.guests.Load())) }

func (s *Scheduler) host() {
	if !s.hosted.Load() {
		s.hosted.Store(true)
	}
}

// WithPatience has a tick end although guests are active, once none of them has called, begun or ended for d while
// something waits for the tick end, and at most as long again. It is for hosts that can't count exactly: a guest that was
// announced and never comes would else hang every load. Stats.Forced counts these ticks. 0, the default, waits for as long
// as it takes.
func WithPatience(d time.Duration) Option {
	if d < 0 {
		panic("scheduler: WithPatience: the duration can't be negative; 0 waits for as long as it takes")
	}
	return func(s *Scheduler) { s.patience = d }
}

type guestKey struct{}

// NewGuestContext is NewContext for a goroutine that is counted as a guest of s: its calls of promise.Call know by this
// ctx that they may retire it while they are blocked. Only that goroutine, or another that is counted in its place, may
// use it for calls.
func NewGuestContext(ctx context.Context, s *Scheduler) context.Context {
	return context.WithValue(NewContext(ctx, s), guestKey{}, &slot{s: s})
}

// slot is what a guest's ctx carries.
type slot struct {
	s     *Scheduler
	limit *limit // of its Group, nil without one
	group *Group // nil without one: then goroutines may share the slot

	// These are for a Group.

	blocked atomic.Bool           // in a Visit
	ended   atomic.Bool           // the func has returned: the Group does not know the guest any more, unless it was blocked
	waiting atomic.Pointer[Visit] // what the guest waits for, where the Group ends that with its ctx
}

func (s *Scheduler) slotOf(ctx context.Context) *slot {
	if slot, _ := ctx.Value(guestKey{}).(*slot); slot != nil && slot.s == s {
		return slot
	}
	return nil
}

// busy reports whether guests are active, so that a tick must not end yet.
func (s *Scheduler) busy() bool { return s.hosted.Load() && s.active() > 0 }
