// The GraphQL schema. A field whose value comes from a thunk can be null: an error in a thunk of a field that can't would
// take the whole answer with it, not only the object around it, since graphql-go calls thunks after all that.
package main

import "github.com/graphql-go/graphql"

func newSchema() (graphql.Schema, error) {
	user := graphql.NewObject(graphql.ObjectConfig{Name: "User", Fields: graphql.Fields{
		"id":   {Type: graphql.NewNonNull(graphql.ID)},
		"name": {Type: graphql.NewNonNull(graphql.String)},
	}})
	comment := graphql.NewObject(graphql.ObjectConfig{Name: "Comment", Fields: graphql.Fields{
		"id":     {Type: graphql.NewNonNull(graphql.ID)},
		"text":   {Type: graphql.NewNonNull(graphql.String)},
		"author": {Type: user, Resolve: commentAuthor},
	}})
	post := graphql.NewObject(graphql.ObjectConfig{Name: "Post", Fields: graphql.Fields{
		"id":       {Type: graphql.NewNonNull(graphql.ID)},
		"title":    {Type: graphql.NewNonNull(graphql.String)},
		"author":   {Type: user, Resolve: postAuthor},
		"comments": {Type: listOf(comment), Args: first(), Resolve: comments},
	}})
	user.AddFieldConfig("bestFriend", &graphql.Field{Type: user, Resolve: bestFriend})
	user.AddFieldConfig("friends", &graphql.Field{Type: listOf(user), Args: first(), Resolve: friends})
	user.AddFieldConfig("posts", &graphql.Field{Type: listOf(post), Args: first(), Resolve: posts})

	pages := first()
	pages["after"] = &graphql.ArgumentConfig{Type: graphql.ID, Description: "The id of the last user of the page before."}
	query := graphql.NewObject(graphql.ObjectConfig{Name: "Query", Fields: graphql.Fields{
		"me":    {Type: user, Resolve: me, Description: "Whoever the Authorization header stands for."},
		"user":  {Type: user, Args: id(), Resolve: userByID},
		"users": {Type: listOf(user), Args: pages, Resolve: users},
		"feed":  {Type: listOf(post), Args: first(), Resolve: feed, Description: "The newest posts of everybody."},
	}})
	mutation := graphql.NewObject(graphql.ObjectConfig{Name: "Mutation", Fields: graphql.Fields{
		"setBestFriend": {Type: user, Args: id(), Resolve: setBestFriend, Description: "Gives you a best friend. Returns you."},
		"addFriend":     {Type: user, Args: id(), Resolve: addFriend, Description: "Gives you a friend. Returns you."},
	}})
	return graphql.NewSchema(graphql.SchemaConfig{Query: query, Mutation: mutation})
}

func listOf(t graphql.Type) graphql.Type { return graphql.NewList(graphql.NewNonNull(t)) }

func first() graphql.FieldConfigArgument {
	return graphql.FieldConfigArgument{"first": {Type: graphql.Int, DefaultValue: defaultFirst}}
}

func id() graphql.FieldConfigArgument {
	return graphql.FieldConfigArgument{"id": {Type: graphql.NewNonNull(graphql.ID)}}
}
