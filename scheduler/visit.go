package scheduler

import (
	"context"
	"sync"
	"sync/atomic"
)

// Visitor is what a goroutine has done on the loop while it is blocked. Both methods are called on the loop.
type Visitor interface {
	Enter() // begins the work; sooner or later that calls Visit.Leave
	Left()  // says that the visit has ended, by Leave or before it: what still waits may be dropped
}

// Visit is one call of a goroutine that is not the loop's. It is used once, and must not be copied.
type Visit struct {
	// Brief says that Enter runs no code but this library's: it starts no coroutine and waits for nothing. While the loop
	// only waits for something else, the caller may then enter in its place, which spares waking it for each call.
	Brief bool

	s       *Scheduler
	visitor Visitor
	slot    *slot
	left    bool         // the caller is blocked, or about to be
	held    bool         // the loop's alone: it is in s.visits
	link    links[Visit] // the loop's alone

	// The caller waits for one of these to say that the visit has ended.

	watch   *watch         // nil if that does not cover the caller's ctx
	watched links[watched] // guarded by watch.mu
	woken   sync.WaitGroup // with a watch
	done    chan struct{}  // without one; has room for one

	over atomic.Bool // it has been decided who ends the visit
	err  error       // written by that one, before the caller is woken
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
	if v.slot != nil && v.slot.watch.covers(ctx) {
		v.watch = v.slot.watch
	}
	s.host()
	if !v.Brief || !s.stepIn(v) {
		v.leave()
		s.post((*visiting)(v)) // before the guest stops counting: a tick that ends without it would be too early
	} else if !v.left {
		return v.err // it is over already
	}
	if v.slot != nil {
		v.slot.limit.release()
		s.Retire(1)
	} else if !s.busy() {
		s.look()
	}
	v.wait(ctx)
	if v.slot != nil {
		v.slot.limit.acquire()
	}
	return v.err
}

// leave is called before the caller can be seen to be blocked. From here on, who ends the visit counts the guest again.
func (v *Visit) leave() {
	v.left = true
	if v.watch == nil {
		v.done = make(chan struct{}, 1) // and none from a pool, which a test's synctest bubble would take for foreign
	} else {
		v.woken.Add(1)
	}
}

func (v *Visit) wake() {
	if v.watch == nil {
		v.done <- struct{}{}
	} else {
		v.woken.Done()
	}
}

func (v *Visit) wait(ctx context.Context) {
	if v.watch != nil {
		v.watch.wait(v)
		return
	}
	select {
	case <-v.done:
	case <-ctx.Done():
		v.cancel(context.Cause(ctx))
		<-v.done
	}
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
			v.leave()
		}
		if s.queue.len() > 0 {
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

// Leave ends the visit with err. It may be called from the loop's goroutine only, and counts once.
func (v *Visit) Leave(err error) {
	v.remove()
	if v.end(err) && v.left {
		v.wake()
	}
}

// cancel is Leave for those that are not on the loop.
func (v *Visit) cancel(err error) {
	if v.end(err) {
		v.wake()
		v.s.post((*leaving)(v))
	}
}

// end reports whether the caller is the one that ends the visit. The guest counts again before anybody can see it awake.
func (v *Visit) end(err error) bool {
	if !v.over.CompareAndSwap(false, true) {
		return false
	}
	v.err = err
	if v.left && v.slot != nil {
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

// enter begins the visit, on the loop.
func (v *Visit) enter() {
	if v.over.Load() {
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

// visiting is a Visit as the job that begins it; a type of its own keeps Run off Visit.
type visiting Visit

func (j *visiting) Run() { (*Visit)(j).enter() }

// Abort implements Aborter: Enter has panicked or called runtime.Goexit.
func (j *visiting) Abort(err error) { (*Visit)(j).Leave(err) }

// leaving takes a Visit that its ctx has ended off the list.
type leaving Visit

func (j *leaving) Run() { (*Visit)(j).remove() }
