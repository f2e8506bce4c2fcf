// The resolvers. Those of the root hand down what is asked of their result; those beneath find it in the cache.
package main

import (
	"fmt"
	"strconv"

	"github.com/graphql-go/graphql"
)

func me(p graphql.ResolveParams) (any, error) {
	r := requestOf(p.Context)
	return r.data.user(r.viewer.user, r.next(p))
}

func userByID(p graphql.ResolveParams) (any, error) {
	id, err := idOf(p, "id")
	if err != nil {
		return nil, err
	}
	r := requestOf(p.Context)
	return r.data.user(id, r.next(p))
}

func users(p graphql.ResolveParams) (any, error) {
	after, err := idOf(p, "after")
	if err != nil {
		return nil, err
	}
	r := requestOf(p.Context)
	return r.data.usersAfter(listOfParams(after, p), r.next(p))
}

func feed(p graphql.ResolveParams) (any, error) {
	r := requestOf(p.Context)
	return r.data.feed(listOfParams(0, p).First, r.next(p))
}

func bestFriend(p graphql.ResolveParams) (any, error) {
	return requestOf(p.Context).data.user(p.Source.(User).BestFriend, nil)
}

func friends(p graphql.ResolveParams) (any, error) {
	return requestOf(p.Context).data.friends(listOfParams(p.Source.(User).ID, p), nil)
}

func posts(p graphql.ResolveParams) (any, error) {
	return requestOf(p.Context).data.posts(listOfParams(p.Source.(User).ID, p), nil)
}

func comments(p graphql.ResolveParams) (any, error) {
	return requestOf(p.Context).data.comments(listOfParams(p.Source.(Post).ID, p), nil)
}

func postAuthor(p graphql.ResolveParams) (any, error) {
	return requestOf(p.Context).data.user(p.Source.(Post).Author, nil)
}

func commentAuthor(p graphql.ResolveParams) (any, error) {
	return requestOf(p.Context).data.user(p.Source.(Comment).Author, nil)
}

func setBestFriend(p graphql.ResolveParams) (any, error) {
	friend, err := idOf(p, "id")
	if err != nil {
		return nil, err
	}
	r := requestOf(p.Context)
	return r.data.setBestFriend(r.viewer.user, friend, r.next(p))
}

func addFriend(p graphql.ResolveParams) (any, error) {
	friend, err := idOf(p, "id")
	if err != nil {
		return nil, err
	}
	r := requestOf(p.Context)
	return r.data.addFriend(r.viewer.user, friend, r.next(p))
}

// next is what will be asked of the field's value.
func (r *request) next(p graphql.ResolveParams) plan {
	if r.plain {
		return nil
	}
	return planOf(p.Info)
}

func listOfParams(owner int, p graphql.ResolveParams) List {
	first, ok := p.Args["first"].(int)
	if !ok { // null was given
		first = defaultFirst
	}
	return List{owner, first}
}

// idOf reads an argument of the type ID, 0 if it is not there.
func idOf(p graphql.ResolveParams, name string) (int, error) {
	text, ok := p.Args[name].(string)
	if !ok {
		return 0, nil
	}
	id, err := strconv.ParseInt(text, 10, 32)
	if err != nil || id < 1 {
		return 0, fmt.Errorf("%s: %q is not the id of a user", name, text)
	}
	return int(id), nil
}
