// The transparency log's part of the API document.
#pragma once

#include "gateways/http/api/openapi_parts.hpp"

namespace http {

// Of the trail.
openapi_parts::Json audit_filters();
void add_audit(openapi_parts::Json& paths);

}  // namespace http
