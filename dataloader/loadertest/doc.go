// Package loadertest is for the tests of code that loads: it asserts how many rounds and which batches a trace.Recorder saw,
// and has a batch function that answers, counts, fails and waits as the test says. A failure prints the waterfall.
//
//	rec := trace.New()
//	loop := scheduler.New(scheduler.WithObserver(rec))
//	stub := loadertest.NewStub(map[int]string{1: "Ada", 2: "Bea"})
//	users := dataloader.New(loop, stub.Fetch, dataloader.WithName("users"))
//	…
//	loadertest.RequireRounds(t, rec, 2)
//	loadertest.RequireBatches(t, rec, "users", [][]int{{1, 2}, {3, 4}})
//	loadertest.RequireNoSingles(t, rec)
//
// A scheduler WithPolicy(scheduler.Lockstep) makes the same batches however long each source takes, which is what a test
// with several loaders wants.
package loadertest
