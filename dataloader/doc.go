// Package dataloader batches and caches loads within one request: Python's and JavaScript's DataLoader, without a wait
// window.
//
//	s := scheduler.New()
//	users := dataloader.New(s, fetchUsers)   // func(ctx, []int) ([]User, error)
//	users.Load(1).Then(bestFriend)
//	users.Load(2).Then(bestFriend)
//	err := s.Run(ctx)                        // two calls of fetchUsers: [1 2], then their best friends
//
// Load only collects keys. When the tick ends, that is when every callback that could run has run, the loader sends all
// that it has collected in one batch. There is no timer, so nothing depends on luck or load.
//
// A Loader lives and dies with its request, on one scheduler, and belongs to the loop's goroutine: it has no locks, and its
// cache is never stale for long nor seen by another user. Only its batch function runs elsewhere, in a goroutine of its
// own, so that all loaders of a round fetch at the same time.
package dataloader
