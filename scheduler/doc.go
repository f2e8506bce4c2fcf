// Package scheduler is an explicit, single-goroutine event loop with ticks.
//
// A tick is one drain of the job queue. When the queue is empty the tick ends, and whatever asked for it by AtTickEnd
// is called once: that is where a loader dispatches the keys it has collected. No timer decides what belongs together;
// the loop knows, because it knows when there is nothing left to run.
//
//	s := scheduler.New()
//	s.Post(func() { … })       // from any goroutine
//	err := s.Run(ctx)          // until nothing is left to do
//
// One scheduler serves one request. It is not a goroutine pool: everything it runs, it runs on the goroutine that called
// Run, one job at a time, so what its callbacks share needs no lock. Work that may block goes to Go, which runs it in a
// goroutine of its own and brings the result back.
//
// Methods say from which goroutine they may be called. "The loop's goroutine" is the one inside Run or RunUntil; outside
// Run it is the one goroutine that is using the scheduler, for instance to queue the first loads.
package scheduler
