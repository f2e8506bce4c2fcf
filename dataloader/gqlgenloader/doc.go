// Package gqlgenloader runs the loaders of a gqlgen server on a scheduler, so that their batches need no wait window.
//
// gqlgen runs resolvers in goroutines, and resolvers block in a load: dataloader.Get, dataloader.GetMany or promise.Call.
// The extension counts the goroutines that could still load. When each of them is blocked in a load or has ended, the tick
// ends, and every loader sends one batch:
//
//	srv.Use(&gqlgenloader.Extension{
//		Loaders: func(ctx context.Context, s *scheduler.Scheduler) context.Context {
//			return context.WithValue(ctx, usersKey{}, dataloader.NewMapped(s, fetchUsers))
//		},
//	})
//
//	func (r *userResolver) BestFriend(ctx context.Context, u *User) (*User, error) {
//		return dataloader.Get(ctx, usersOf(ctx), u.BestFriendID)
//	}
//
// There is a scheduler for each query and each mutation, what is deferred included, and one for each event of a
// subscription, with one more for the resolver that begins it. A load by a goroutine that is still there when its scheduler has
// ended returns scheduler.ErrClosed: whoever feeds the channel of a subscription can't load, but the fields of the event can.
//
// # What is counted
//
// gqlgen tells of each field when its resolver is called and when it has returned. From the result and the selection
// follows which resolvers are called next and on which goroutine, as the code that gqlgen generates has it: lists and
// lists of lists, the concrete types behind interfaces and unions, fragments, @skip and @include, nulls, errors and
// panics, fields that are computed inline and those with goroutines of their own, worker_limit, @defer and the nulls
// that cancel it, batch resolvers, _entities, and the events of a subscription. What ends is taken off the count only
// when what it leads to has been put on it.
//
// # What is not known for certain
//
// Then a tick does not end by itself, and Patience decides: if a loader waits and no goroutine has begun, ended or called for
// so long, the tick ends all the same, and Stats.Forced counts it. A test can demand zero. These are the cases:
//
//   - An argument that can't be read. gqlgen then does not call the resolver, and tells nobody. Only a custom scalar, an
//     input or a directive on an argument can do that; all else is rejected before the query runs.
//   - Another extension, used before this one, that answers in place of a resolver or changes its result, such as which
//     events a subscription has; and a resolver whose result has a type that its field does not have.
//   - A WorkerLimit that is not that of gqlgen.yml.
//   - An object behind an interface or union whose Go type is not named as the object is, and that no resolver takes, the
//     first time that it is met there, where the query selects fields of some of the possible types only.
//   - A schema that hides the generated one, with @defer, with _entities, and with objects whose Go types have other names. A
//     struct that has it in a field does not hide it.
//   - _entities that are resolved one by one, where one needs more loads than another.
//   - A resolver that waits for another one, by a channel or a singleflight.Group; and one that takes longer than Patience
//     for something else, such as a request to another server. Nothing is wrong with the count then, but the batch goes out
//     without it.
//
// The other way round, a batch may go out too early, and another one follows:
//
//   - A method with a ctx that computes a field of another name, if only gqlgen.yml says so and not @goField, is taken for one
//     that gqlgen calls inline, until two fields of one object overlap.
//
// A goroutine that a resolver starts is not counted either, and a batch may go out before it loads: start it with
// scheduler.Group.
//
// With @subscriptionContext an event may bring a ctx of its own. gqlgen resolves the event with the ctx of the response all the
// same, so loads find their loaders; only interceptors of responses see the other, and can't load with it, since its loaders
// are those of the resolver that began the stream.
package gqlgenloader
