// Package graph is the GraphQL server: what gqlgen has generated, and the resolvers. They are plain blocking code.
package graph

import (
	"context"

	"github.com/batchtick/batchtick/examples/gqlgen/store"
)

// Reader is how resolvers get at the data: each method blocks until it is there. A user that does not exist is nil.
type Reader interface {
	User(ctx context.Context, id int) (*store.User, error)
	Friends(ctx context.Context, key store.List) ([]store.User, error)
	Posts(ctx context.Context, key store.List) ([]store.Post, error)
	Comments(ctx context.Context, key store.List) ([]store.Comment, error)
}

type readerKey struct{}

// WithReader returns a copy of ctx that carries the reader of a request.
func WithReader(ctx context.Context, r Reader) context.Context {
	return context.WithValue(ctx, readerKey{}, r)
}

func reader(ctx context.Context) Reader { return ctx.Value(readerKey{}).(Reader) }

// Resolvers is the ResolverRoot.
type Resolvers struct{ Store *store.Store }

// Query implements ResolverRoot.
func (r Resolvers) Query() QueryResolver { return query(r) }

// User implements ResolverRoot.
func (Resolvers) User() UserResolver { return user{} }

// Post implements ResolverRoot.
func (Resolvers) Post() PostResolver { return post{} }

// Comment implements ResolverRoot.
func (Resolvers) Comment() CommentResolver { return comment{} }

type query struct{ Store *store.Store }

func (query) Me(ctx context.Context) (*store.User, error) { return reader(ctx).User(ctx, 1) }

func (query) User(ctx context.Context, id int) (*store.User, error) { return reader(ctx).User(ctx, id) }

// Users and Feed ask the store themselves: a page has nothing to share with another.
func (q query) Users(ctx context.Context, first, after int) ([]store.User, error) {
	return q.Store.UsersAfter(ctx, store.List{Owner: after, First: first})
}

func (q query) Feed(ctx context.Context, first int) ([]store.Post, error) {
	return q.Store.Feed(ctx, first)
}

type user struct{}

func (user) BestFriend(ctx context.Context, u *store.User) (*store.User, error) {
	return reader(ctx).User(ctx, u.BestFriend)
}

func (user) Friends(ctx context.Context, u *store.User, first int) ([]store.User, error) {
	return reader(ctx).Friends(ctx, store.List{Owner: u.ID, First: first})
}

func (user) Posts(ctx context.Context, u *store.User, first int) ([]store.Post, error) {
	return reader(ctx).Posts(ctx, store.List{Owner: u.ID, First: first})
}

type post struct{}

func (post) Author(ctx context.Context, p *store.Post) (*store.User, error) {
	return reader(ctx).User(ctx, p.Author)
}

func (post) Comments(ctx context.Context, p *store.Post, first int) ([]store.Comment, error) {
	return reader(ctx).Comments(ctx, store.List{Owner: p.ID, First: first})
}

type comment struct{}

func (comment) Author(ctx context.Context, c *store.Comment) (*store.User, error) {
	return reader(ctx).User(ctx, c.Author)
}
