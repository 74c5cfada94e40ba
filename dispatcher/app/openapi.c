/* SPDX-License-Identifier: MIT */
#include "dispatcher/app/openapi.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "dispatcher/app/caller.h"
#include "dispatcher/app/fields_json.h"
#include "dispatcher/app/router.h"
#include "dispatcher/app/web.h"

static json_t *schema_ref(const char *name)
{
    return json_pack("{s:o}", "$ref", json_sprintf("#/components/schemas/%s", name));
}

static json_t *json_content(json_t *schema)
{
    return json_pack("{s:{s:o}}", "application/json", "schema", schema);
}

static json_t *answer(const char *description, const char *schema)
{
    return json_pack("{s:s,s:o}", "description", description, "content", json_content(schema_ref(schema)));
}

static json_t *header_parameter(const char *name, const char *description)
{
    return json_pack("{s:s,s:s,s:b,s:s,s:{s:s}}", "name", name, "in", "header", "required", 1, "description",
                     description, "schema", "type", "string");
}

/* The names in braces of a path, and their schemas taken from the request's own fields where it has them. */
static void add_path_parameters(json_t *parameters, const char *path, const json_t *properties)
{
    for (const char *at = strchr(path, '{'); at; at = strchr(at + 1, '{')) {
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1, "}"), at + 1);
        json_t *schema = json_object_get(properties, name);
        json_array_append_new(
            parameters, json_pack("{s:s,s:s,s:b,s:o}", "name", name, "in", "path", "required", 1, "schema",
                                  schema ? json_incref(schema) : json_pack("{s:s}", "type", "string")));
    }
}

static void add_query(json_t *parameters, const char *name, bool required, const char *type)
{
    json_array_append_new(parameters, json_pack("{s:s,s:s,s:b,s:{s:s}}", "name", name, "in", "query",
                                                "required", required, "schema", "type", type));
}

/* What requests of the router take from the query. */
static const struct {
    const char *what, *name;
    bool required;
    const char *type;
} queries[] = {
    {"slots", "item", true, "integer"},          {"slots", "date", true, "string"},
    {"slots", "channel", false, "string"},       {"catalogue", "from", false, "integer"},
    {"learned-items", "item", false, "integer"}, {"learned-demand", "date", false, "string"},
    {"proposals", "date", false, "string"},      {"forecast-accuracy", "date", false, "string"},
};

static void add_queries(json_t *parameters, const struct web_route *route)
{
    for (unsigned i = 0; i < sizeof queries / sizeof queries[0]; i++)
        if (route->what && strcmp(route->what, queries[i].what) == 0)
            add_query(parameters, queries[i].name, queries[i].required, queries[i].type);
    if (strcmp(route->path, "/api/v1/events") == 0)
        add_query(parameters, "topics", true, "string");
}

/* What is in the path is not in the body. */
static json_t *body_schema(const struct web_route *route, json_t *schema)
{
    json_t *properties = json_object_get(schema, "properties");
    json_t *required = json_object_get(schema, "required");
    for (const char *at = strchr(route->path, '{'); at; at = strchr(at + 1, '{')) {
        char name[32];
        snprintf(name, sizeof name, "%.*s", (int)strcspn(at + 1, "}"), at + 1);
        json_object_del(properties, name);
        for (size_t i = json_array_size(required); i-- > 0;)
            if (strcmp(json_string_value(json_array_get(required, i)), name) == 0)
                json_array_remove(required, i);
    }
    if (strcmp(route->what, "issue") == 0 || strcmp(route->what, "book") == 0) {
        json_object_del(properties, "person");
        json_object_set_new(properties, "identity",
                            json_pack("{s:s,s:i,s:i,s:s}", "type", "string", "minLength", 4, "maxLength", 64,
                                      "description", "ID or phone number; never stored"));
    }
    return schema;
}

static json_t *login_schema(void)
{
    return json_pack("{s:s,s:{s:{s:s},s:{s:s}},s:[s,s],s:b}", "type", "object", "properties", "login", "type",
                     "string", "password", "type", "string", "required", "login", "password",
                     "additionalProperties", 0);
}

static json_t *password_schema(void)
{
    return json_pack("{s:s,s:{s:{s:s},s:{s:s}},s:[s,s],s:b}", "type", "object", "properties", "password",
                     "type", "string", "wanted", "type", "string", "required", "password", "wanted",
                     "additionalProperties", 0);
}

static bool is_change(const struct web_route *route)
{
    return route->method == HTTP_POST || route->method == HTTP_PUT;
}

static json_t *responses(const struct web_route *route)
{
    json_t *list = json_object();
    const char *ok = route->what || strstr(route->path, "/api/") ? "Ok" : "Plain";
    if (strcmp(route->path, "/metrics") == 0)
        json_object_set_new(list, "200",
                            json_pack("{s:s,s:{s:{s:{s:s}}}}", "description", "Metrics", "content",
                                      "text/plain", "schema", "type", "string"));
    else if (strcmp(route->path, "/api/v1/events") == 0)
        json_object_set_new(list, "200",
                            json_pack("{s:s,s:{s:{s:{s:s}}}}", "description", "Events", "content",
                                      "text/event-stream", "schema", "type", "string"));
    else
        json_object_set_new(list, "200",
                            answer("Done", strcmp(route->path, "/api/v1/openapi.json") ? ok : "Plain"));
    if (route->access == WEB_SESSION) {
        json_object_set_new(list, "401", answer("Not logged in", "Error"));
        json_object_set_new(list, "403", answer("Not permitted, or the CSRF token is wrong", "Error"));
    }
    if (is_change(route) || route->what)
        json_object_set_new(list, "400", answer("The request is malformed", "Error"));
    if (route->what) {
        json_object_set_new(list, "404", answer("There is no such thing", "Error"));
        json_object_set_new(list, "409", answer("The hall refuses it; the code says why", "Error"));
        json_object_set_new(list, "503", answer("Nothing can be stored at the moment", "Error"));
        json_object_set_new(list, "507", answer("Storage is full", "Error"));
    }
    if (strcmp(route->path, "/api/v1/password") == 0) {
        json_object_set_new(list, "429", answer("Locked for a while", "Error"));
        json_object_set_new(list, "503", answer("Not now", "Error"));
    }
    if (strcmp(route->path, "/api/v1/login") == 0) {
        json_object_set_new(list, "401", answer("Wrong name or password", "Error"));
        json_object_set_new(list, "429", answer("Locked for a while", "Error"));
    }
    if (strcmp(route->path, "/api/v1/backup") == 0 && is_change(route)) {
        json_object_set_new(list, "409", answer("A backup is under way", "Error"));
        json_object_set_new(list, "507", answer("It cannot be written", "Error"));
    }
    if (strcmp(route->path, "/api/v1/topics/{topic}") == 0)
        json_object_set_new(list, "404", answer("There is no such topic", "Error"));
    return list;
}

static json_t *operation(const struct web_route *route)
{
    json_t *parameters = json_array(), *schema = NULL;
    json_t *object = json_pack("{s:s,s:o}", "summary", route->summary, "responses", responses(route));
    enum permission permission;
    bool needs_key, permission_known;
    enum command_kind kind =
        route->what ? command_find(route->what, (unsigned)strlen(route->what)) : COMMAND_KINDS;
    if (kind != COMMAND_KINDS)
        schema = command_schema(kind);
    else if (strcmp(route->path, "/api/v1/login") == 0)
        schema = login_schema();
    else if (strcmp(route->path, "/api/v1/password") == 0)
        schema = password_schema();
    add_path_parameters(parameters, route->path, json_object_get(schema, "properties"));
    add_queries(parameters, route);
    if (route->access == WEB_SESSION && is_change(route))
        json_array_append_new(parameters, header_parameter("X-CSRF-Token", "From login or GET session"));
    permission_known = route->what && router_permission(route->what, &permission, &needs_key);
    if (permission_known && needs_key)
        json_array_append_new(parameters,
                              header_parameter("Idempotency-Key",
                                               "A number that the session counts up; a repeated one "
                                               "gets the stored answer"));
    if (schema)
        json_object_set_new(object, "requestBody",
                            json_pack("{s:b,s:o}", "required",
                                      json_array_size(json_object_get(schema, "required")) > 0, "content",
                                      json_content(route->what ? body_schema(route, schema) : schema)));
    json_object_set_new(object, "parameters", parameters);
    json_object_set_new(object, "security",
                        route->access == WEB_SESSION ? json_pack("[{s:[]}]", "session") : json_array());
    if (permission_known)
        json_object_set_new(object, "x-permission", json_string(permission_name(permission)));
    return object;
}

static json_t *paths(void)
{
    size_t count;
    const struct web_route *routes = web_routes(&count);
    json_t *list = json_object();
    for (size_t i = 0; i < count; i++) {
        if (!routes[i].summary)
            continue;
        json_t *path = json_object_get(list, routes[i].path);
        if (!path) {
            path = json_object();
            json_object_set_new(list, routes[i].path, path);
        }
        static const char *const methods[] = {"get", "head", "post", "put", "patch", "delete", "options"};
        json_object_set_new(path, methods[routes[i].method], operation(&routes[i]));
    }
    return list;
}

static json_t *components(void)
{
    json_t *error =
        json_pack("{s:s,s:[s],s:{s:{s:s,s:[s],s:{s:{s:s},s:{s:s},s:{s:s}}}}}", "type", "object", "required",
                  "error", "properties", "error", "type", "object", "required", "code", "properties", "code",
                  "type", "string", "zh", "type", "string", "en", "type", "string");
    json_t *ok = json_pack("{s:s,s:[s],s:{s:{s:s}}}", "type", "object", "required", "ok", "properties", "ok",
                           "type", "object");
    return json_pack("{s:{s:o,s:o,s:{s:s}},s:{s:{s:s,s:s,s:s}}}", "schemas", "Ok", ok, "Error", error,
                     "Plain", "type", "object", "securitySchemes", "session", "type", "apiKey", "in",
                     "cookie", "name", "evenhall");
}

char *openapi_text(void)
{
    json_t *document = json_pack(
        "{s:s,s:{s:s,s:s,s:s},s:o,s:o}", "openapi", "3.1.0", "info", "title", "Evenhall", "version",
        EVENHALL_VERSION, "description",
        "The console interface of a hall's dispatcher. Names and forms are those of the device protocol "
        "(common/wire/PROTOCOL.md).",
        "paths", paths(), "components", components());
    char *text = document ? json_dumps(document, JSON_COMPACT) : NULL;
    json_decref(document);
    return text;
}
