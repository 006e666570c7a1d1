// The sentences in which the JSON reader says what is wrong with a body and what is wanted instead.
#pragma once

#include <string>
#include <string_view>

#include "schemas/model.hpp"

namespace schemas {

// What a value of the field has to be, "a whole number" or "a list"; and what a list's items have
// to be.
std::string wanted(const Field& field);
std::string wanted_item(const Field& field);

// Why a text is no value of its field; null when it is one.
const char* text_fault(const Field& field, std::string_view text);

// Why nlohmann's parser stopped, without the text it quotes: that may be of any size and need not
// be UTF-8.
std::string_view syntax_fault(std::string_view what);

}  // namespace schemas
