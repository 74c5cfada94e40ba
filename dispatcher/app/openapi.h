/* SPDX-License-Identifier: MIT
 * The OpenAPI 3.1 document of the REST interface, made from the table of routes and the core's field tables,
 * so that it cannot say anything else than what the server does. */
#ifndef DISPATCHER_APP_OPENAPI_H
#define DISPATCHER_APP_OPENAPI_H

/* Owned text; NULL: no memory. */
char *openapi_text(void);

#endif
