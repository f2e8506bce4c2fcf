package testserver

import (
	"context"
	"errors"

	"github.com/99designs/gqlgen/graphql"

	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/limited"
	"github.com/batchtick/batchtick/dataloader/gqlgenloader/internal/testserver/unlimited"
)

// Limit is the worker limit of Limited.
const Limit = 3

// Unlimited makes the server without a worker limit.
func Unlimited() graphql.ExecutableSchema {
	c := unlimited.Config{Resolvers: free{}}
	c.Directives.Gate = gate
	return unlimited.NewExecutableSchema(c)
}

// Limited makes the server with a worker limit.
func Limited() graphql.ExecutableSchema {
	c := limited.Config{Resolvers: strict{}}
	c.Directives.Gate = gate
	return limited.NewExecutableSchema(c)
}

// gate lets nobody in where it is not open.
func gate(ctx context.Context, _ any, next graphql.Resolver, open bool) (any, error) {
	if !open {
		return nil, errors.New("closed")
	}
	return next(ctx)
}

type free struct{}
type strict struct{}

func (free) Query() unlimited.QueryResolver               { return query{} }
func (free) Mutation() unlimited.MutationResolver         { return mutation{} }
func (free) Subscription() unlimited.SubscriptionResolver { return subscription{} }
func (free) User() unlimited.UserResolver                 { return user{} }
func (free) Book() unlimited.BookResolver                 { return book{} }
func (free) Edge() unlimited.EdgeResolver                 { return edge{} }
func (free) Card() unlimited.CardResolver                 { return card{} }
func (free) Back() unlimited.BackResolver                 { return back{} }

func (strict) Query() limited.QueryResolver               { return query{} }
func (strict) Mutation() limited.MutationResolver         { return mutation{} }
func (strict) Subscription() limited.SubscriptionResolver { return subscription{} }
func (strict) User() limited.UserResolver                 { return user{} }
func (strict) Book() limited.BookResolver                 { return book{} }
func (strict) Edge() limited.EdgeResolver                 { return edge{} }
func (strict) Card() limited.CardResolver                 { return card{} }
func (strict) Back() limited.BackResolver                 { return back{} }
