// The currencies that amounts may be in: ISO 4217's, by their letters.
#pragma once

#include <string_view>

namespace kernel {

bool is_currency(std::string_view code);

}  // namespace kernel
