package scheduler

import "context"

// Operation is work for another goroutine whose end the loop waits for: a query, a call, a batch. Go is the same for a
// func.
type Operation interface {
	// Do runs in a goroutine of its own. ctx is the one given to Run. Do must not touch anything that belongs to the loop.
	Do(ctx context.Context)

	// Done runs on the loop, once. err is nil if Do returned; a *PanicError or ErrGoexit if it did not; and
	// context.Cause(ctx) if Run's ctx ended first, in which case Do may still be running and its result is dropped.
	Done(err error)
}

// Start runs op.Do in a goroutine of its own and then op.Done on the loop. Before Run it waits for Run to begin, since ctx
// comes from there; once Run's ctx has ended op.Do is not called at all. It may be called from the loop's goroutine only.
func (s *Scheduler) Start(op Operation) { s.StartIn(&Flight{}, op) }

// Flight is what the scheduler notes of an operation that it has started. An operation that has one as a field and gives it
// to StartIn costs no second object. It is used once, and must not be copied.
type Flight struct {
	s     *Scheduler
	op    Operation
	state flightState
	err   error // for Done; written by the operation's goroutine before it posts
	link  links[Flight]
}

type flightState uint8

const (
	unlaunched flightState = iota
	launched
	landed // Done was called, or is about to be: what comes later is late
)

// StartIn is Start with the memory for it.
func (s *Scheduler) StartIn(f *Flight, op Operation) {
	if s.parked.Load() {
		panic(wrongGoroutine("Start"))
	}
	if op == nil {
		panic("scheduler: Start(nil): give it the operation to run")
	}
	if f.s != nil {
		panic("scheduler: StartIn: a Flight can be used once")
	}
	f.s, f.op = s, op
	if s.ctx != nil && s.cause == nil {
		(*flying)(f).Run()
		return
	}
	s.Enqueue((*flying)(f)) // in the queue it waits for Run and its ctx; and no Done runs inside Start
}

// Go runs op in a goroutine of its own; the func that it returns, unless nil, runs on the loop. If op panics or calls
// runtime.Goexit, Run reports that as an *UnhandledError; if Run's ctx ends first, what op returns is dropped. It may be
// called from the loop's goroutine only. See Start for when op begins.
func (s *Scheduler) Go(op func(ctx context.Context) func()) {
	if op == nil {
		panic("scheduler: Go(nil): give it the function to run in another goroutine")
	}
	s.Start(&funcOperation{s: s, op: op})
}

type funcOperation struct {
	s    *Scheduler
	op   func(context.Context) func()
	then func()
}

func (f *funcOperation) Do(ctx context.Context) { f.then = f.op(ctx) }

func (f *funcOperation) Done(err error) {
	switch {
	case err == nil && f.then != nil:
		f.then()
	case err != nil && f.s.cause == nil:
		f.s.Report(err)
	}
}

// flying is a Flight as the queue sees it: the job that launches the operation, and then the one that finishes it. A type of
// its own keeps Run off Flight.
type flying Flight

// Run is the operation's next step on the loop.
func (o *flying) Run() {
	switch o.state {
	case unlaunched:
		if o.s.cause != nil {
			o.land(o.s.cause)
			return
		}
		o.state = launched
		o.s.flight.add((*Flight)(o))
		o.s.stats.Operations++
		go o.work(o.s.ctx)
	case launched:
		o.s.flight.remove((*Flight)(o))
		o.land(o.err)
	}
}

func (o *flying) land(err error) {
	o.state = landed
	o.op.Done(err)
}

// work is the operation's goroutine. It must report back whatever Do does: a peer that forgets Goexit hangs for ever.
func (o *flying) work(ctx context.Context) {
	err := ErrGoexit
	defer func() {
		if r := recover(); r != nil {
			err = NewPanicError(r)
		}
		o.err = err
		o.s.post(o)
	}()
	o.op.Do(ctx)
	err = nil
}

func (f *Flight) links() *links[Flight] { return &f.link }

// abandon ends every operation in flight with cause: their results, when they come, are late.
func (s *Scheduler) abandon(cause error) {
	for s.flight.first != nil {
		o := s.flight.first
		s.flight.remove(o)
		o.state = landed
		s.queue.push(JobFunc(func() { o.op.Done(cause) })) // from the queue, so that a Done that panics harms itself alone
	}
}
