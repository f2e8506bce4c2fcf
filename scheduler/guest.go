package scheduler

import (
	"context"
	"sync"
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
	s.hosted.Store(true)
	s.guests.Add(int64(n))
	s.moves.Add(1)
}

// Retire counts n guests less: they have ended. It may be called from any goroutine.
func (s *Scheduler) Retire(n int) {
	s.moves.Add(1)
	if s.guests.Add(int64(-n)) <= 0 {
		s.mu.Lock()
		s.signal()
		s.mu.Unlock()
	}
}

// WithPatience has a tick end although guests are active, once none of them has called, begun or ended for d while
// something waits for the tick end. It is for hosts that can't count exactly: a guest that was announced and never comes
// would else hang every load. Stats.Forced counts these ticks. 0, the default, waits for as long as it takes.
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
}

func (s *Scheduler) slotOf(ctx context.Context) *slot {
	if slot, _ := ctx.Value(guestKey{}).(*slot); slot != nil && slot.s == s {
		return slot
	}
	return nil
}

// Visitor is what a goroutine has done on the loop while it is blocked. Both methods are called on the loop.
type Visitor interface {
	Enter() // begins the work; sooner or later that calls Visit.Leave
	Left()  // says that the visit has ended, by Leave or before it: what still waits may be dropped
}

// Visit is one call of a goroutine that is not the loop's. It is used once, and must not be copied.
type Visit struct {
	s       *Scheduler
	visitor Visitor
	slot    *slot
	done    chan struct{} // has room for one
	link    links[Visit]  // the loop's alone
	held    bool          // the loop's alone: it is in s.visits

	mu   sync.Mutex
	over bool  // guarded by mu: it has been decided who ends the visit
	err  error // guarded by mu until over
}

// Visit runs visitor.Enter on the loop and blocks until v.Leave is called there, and returns what that was given; or, if it
// comes first, context.Cause(ctx), the cause of the end of Run's ctx, or a *StalledError when nothing is left that could
// lead to Leave. Somebody must drive the loop meanwhile. If ctx is that of a guest, the guest is not counted while it is
// blocked. It may be called from any goroutine but the loop's.
func (s *Scheduler) Visit(ctx context.Context, v *Visit, visitor Visitor) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	v.s, v.visitor, v.slot = s, visitor, s.slotOf(ctx)
	if v.slot == nil && s.Driven() && insideLoop() {
		panic("scheduler: a blocking call on the loop's own goroutine would wait for itself: use Await there")
	}
	v.done = make(chan struct{}, 1) // and none from a pool, which a test's synctest bubble would take for foreign
	s.hosted.Store(true)
	s.post((*visiting)(v)) // before the guest stops counting: a tick that ends without it would be too early
	if v.slot != nil {
		v.slot.limit.release()
		s.Retire(1)
	}

	select {
	case <-v.done:
	case <-ctx.Done():
		if v.end(context.Cause(ctx)) {
			s.post((*leaving)(v))
		} else {
			<-v.done
		}
	}
	if v.slot != nil {
		v.slot.limit.acquire()
	}
	return v.err
}

// Leave ends the visit with err. It may be called from the loop's goroutine only, and counts once.
func (v *Visit) Leave(err error) {
	v.remove()
	if v.end(err) {
		v.done <- struct{}{}
	}
}

// end reports whether the caller is the one that ends the visit. The guest counts again before anybody can see it awake.
func (v *Visit) end(err error) bool {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.over {
		return false
	}
	v.over, v.err = true, err
	if v.slot != nil {
		v.s.Announce(1)
	}
	return true
}

func (v *Visit) remove() {
	if v.held {
		v.held = false
		v.s.visits.remove(v)
		v.visitor.Left()
	}
}

func (v *Visit) links() *links[Visit] { return &v.link }

// visiting is a Visit as the job that begins it; a type of its own keeps Run off Visit.
type visiting Visit

func (j *visiting) Run() {
	v := (*Visit)(j)
	v.mu.Lock()
	over := v.over
	v.mu.Unlock()
	if over {
		return
	}
	if v.s.cause != nil {
		v.Leave(v.s.cause)
		return
	}
	v.held = true
	v.s.visits.add(v)
	v.visitor.Enter()
}

// Abort implements Aborter: Enter has panicked or called runtime.Goexit.
func (j *visiting) Abort(err error) { (*Visit)(j).Leave(err) }

// leaving takes a Visit that its ctx has ended off the list.
type leaving Visit

func (j *leaving) Run() { (*Visit)(j).remove() }

// busy reports whether guests are active, so that a tick must not end yet.
func (s *Scheduler) busy() bool { return s.hosted.Load() && s.guests.Load() > 0 }
