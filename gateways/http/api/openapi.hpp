// The API document: OpenAPI 3.1, made of the schema and the declared routes, so that it cannot
// differ from them.
#pragma once

#include <nlohmann/json.hpp>

#include "gateways/http/routes.hpp"

namespace http {

nlohmann::ordered_json openapi(const Routes& routes);

}  // namespace http
