-- Parameters, whatever carries them ---------------------------------------------------------------

local NAMED = { ROLES = ROLES, ALGORITHMS = ALGORITHMS, REPLAY_METHODS = REPLAY_METHODS }

local dsboot = Proto("dsboot", "Bootstrapping Parameters")

-- One field for each parameter, such as dsboot.ipv6_hoa; where an address has a prefix length,
-- that is a field of its own.
local field = {}
for kind, of in pairs(PARAMETERS) do
  local abbreviation = "dsboot." .. of.name:lower():gsub("-", "_")
  local made
  if of.form == "ipv4" or of.form == "prefixed4" then
    made = ProtoField.ipv4(abbreviation, of.name)
  elseif of.form == "ipv6" or of.form == "prefixed6" then
    made = ProtoField.ipv6(abbreviation, of.name)
  elseif of.form == "text" then
    made = ProtoField.string(abbreviation, of.name)
  elseif of.form == "integer" then
    local values = of.values and NAMED[of.values] or nil
    made = ProtoField.uint32(abbreviation, of.name, base.DEC_HEX, values)
  elseif of.form == "flags" then
    made = ProtoField.uint8(abbreviation, of.name, base.HEX)
  else
    made = ProtoField.bytes(abbreviation, of.name)
  end
  field[kind] = { value = made }
  if of.form == "prefixed4" or of.form == "prefixed6" then
    local name = of.name .. " prefix length"
    field[kind].prefix = ProtoField.uint8(abbreviation .. ".prefix_length", name)
  end
end
local not_understood = ProtoField.bytes("dsboot.not_understood", "Parameter that is not understood")

local all = { not_understood }
for _, of in pairs(field) do
  all[#all + 1] = of.value
  if of.prefix then all[#all + 1] = of.prefix end
end
dsboot.fields = all

local function flags(value, names)
  local set = {}
  for bit, name in pairs(names) do
    if bit32.band(value, bit) ~= 0 then set[#set + 1] = { bit, name } end
  end
  table.sort(set, function(a, b) return a[1] > b[1] end)
  for i, entry in ipairs(set) do set[i] = entry[2] end
  return #set == 0 and "none" or table.concat(set, " ")
end

local LENGTHS = { ipv4 = 4, ipv6 = 16, prefixed4 = 5, prefixed6 = 17, flags = 1, integer = 4 }

-- Adds a parameter's value to a tree.
local function parameter(tree, kind, range)
  local of = PARAMETERS[kind]
  local length = range and range:len() or 0
  local expected = of and LENGTHS[of.form]
  if not of or length == 0 or (expected and expected ~= length) then
    if range then tree:add(not_understood, range) end
    return
  end
  local fields = field[kind]
  if fields.prefix then
    tree:add(fields.prefix, range(0, 1))
    tree:add(fields.value, range(1))
  elseif of.form == "flags" then
    tree:add(fields.value, range):append_text(" (" .. flags(range:uint(), WANTED) .. ")")
  else
    tree:add(fields.value, range)
  end
end

-- Mobile IPv4 -------------------------------------------------------------------------------------

local mip = Proto("dsboot_mip", "Mobile IPv4")
local builtin = Dissector.get("mip")

local f = {
  kind = ProtoField.uint8("dsboot_mip.type", "Type", base.DEC, MESSAGES),
  flags = ProtoField.uint8("dsboot_mip.flags", "Flags", base.HEX),
  code = ProtoField.uint8("dsboot_mip.code", "Code", base.DEC, CODES),
  lifetime = ProtoField.uint16("dsboot_mip.lifetime", "Lifetime (s)"),
  home_address = ProtoField.ipv4("dsboot_mip.home_address", "Home Address"),
  home_agent = ProtoField.ipv4("dsboot_mip.home_agent", "Home Agent"),
  care_of_address = ProtoField.ipv4("dsboot_mip.care_of_address", "Care-of Address"),
  identification = ProtoField.absolute_time("dsboot_mip.identification", "Identification", base.UTC),
  extension = ProtoField.uint8("dsboot_mip.extension", "Type", base.DEC, EXTENSIONS),
  sub_type = ProtoField.uint8("dsboot_mip.sub_type", "Sub-Type"),
  length = ProtoField.uint16("dsboot_mip.length", "Length"),
  spi = ProtoField.uint32("dsboot_mip.spi", "SPI", base.HEX),
  authenticator = ProtoField.bytes("dsboot_mip.authenticator", "Authenticator"),
  nai = ProtoField.string("dsboot_mip.nai", "NAI"),
  challenge = ProtoField.bytes("dsboot_mip.challenge", "Challenge"),
  mn_spi = ProtoField.uint32("dsboot_mip.mn_spi", "Mobile node SPI", base.HEX),
  aaa_spi = ProtoField.uint32("dsboot_mip.aaa_spi", "AAA SPI", base.HEX),
  agent_spi = ProtoField.uint32("dsboot_mip.agent_spi", "Agent SPI", base.HEX),
  key_lifetime = ProtoField.uint32("dsboot_mip.key_lifetime", "Key lifetime (s)"),
  algorithm = ProtoField.uint16("dsboot_mip.algorithm", "Algorithm", base.DEC, ALGORITHMS),
  replay_method = ProtoField.uint16("dsboot_mip.replay_method", "Replay method", base.DEC, REPLAY_METHODS),
  nonce = ProtoField.bytes("dsboot_mip.nonce", "Key Generation Nonce"),
  vendor = ProtoField.uint32("dsboot_mip.vendor", "Vendor/Org-ID"),
  vendor_type = ProtoField.uint16("dsboot_mip.vendor_type", "Vendor type"),
  status = ProtoField.uint8("dsboot_mip.status", "Status", base.DEC, CODES),
  text = ProtoField.string("dsboot_mip.text", "Text"),
  dual_stack = ProtoField.uint8("dsboot_mip.dual_stack", "Sub-Type", base.DEC, DUAL_STACK),
  prefix_reply = ProtoField.uint8("dsboot_mip.prefix_reply", "Code", base.DEC, PREFIX_REPLY),
  prefix_length = ProtoField.uint8("dsboot_mip.prefix_length", "Prefix length"),
  prefix = ProtoField.ipv6("dsboot_mip.prefix", "Mobile IPv6 Network Prefix"),
  dynamic_ha = ProtoField.uint8("dsboot_mip.dynamic_ha", "Sub-Type", base.DEC, DYNAMIC_HA),
  ha_address = ProtoField.ipv4("dsboot_mip.ha_address", "HA address"),
  tunnel_reply = ProtoField.uint8("dsboot_mip.tunnel_reply", "Reply Code", base.DEC, UDP_TUNNEL_REPLY),
  force = ProtoField.bool("dsboot_mip.force", "F"),
  keepalive = ProtoField.uint16("dsboot_mip.keepalive", "Keepalive interval (s)"),
  encapsulation = ProtoField.uint8("dsboot_mip.encapsulation", "Encapsulation"),
  source = ProtoField.uint8("dsboot_mip.source", "From", base.DEC, MESSAGE_STRING),
  data = ProtoField.bytes("dsboot_mip.data", "Data"),
}
mip.fields = f
local cut_off = ProtoExpert.new("dsboot_mip.cut_off", "Extension ends beyond the message",
  expert.group.MALFORMED, expert.severity.ERROR)
mip.experts = { cut_off }

local function authentication(tree, data)
  local item, name = tree:add(f.spi, data(0, 4)), SPIS[data(0, 4):uint()]
  if name then item:append_text(" (" .. name .. ")") end
  if data:len() > 4 then tree:add(f.authenticator, data(4)) end
end

local function key_request(tree, data) tree:add(f.mn_spi, data(0, 4)) end

local function key_reply(with_replay)
  return function(tree, data)
    tree:add(f.key_lifetime, data(0, 4))
    tree:add(f.aaa_spi, data(4, 4))
    tree:add(f.agent_spi, data(8, 4))
    tree:add(f.algorithm, data(12, 2))
    local at = 14
    if with_replay then
      tree:add(f.replay_method, data(14, 2))
      at = 16
    end
    tree:add(f.nonce, data(at))
  end
end

local function vendor(reserved)
  return function(tree, data)
    local id = data(reserved, 4):uint()
    local kind = data(reserved + 4, 2):uint()
    tree:add(f.vendor, data(reserved, 4))
    local item = tree:add(f.vendor_type, data(reserved + 4, 2))
    local value = data:len() > reserved + 6 and data(reserved + 6) or nil
    if id == VENDOR then
      local name = PARAMETERS[kind] and PARAMETERS[kind].name or "unknown parameter"
      item:append_text(" (" .. name .. ")")
      tree:append_text(": " .. name)
      parameter(tree, kind, value)
    elseif value then
      tree:add(f.data, value)
    end
  end
end

-- By type: the fewest octets behind the Length, and what they are.
local readers = {
  [32] = { 4, authentication },
  [33] = { 4, authentication },
  [34] = { 4, authentication },
  [36] = { 4, authentication },
  [37] = { 6, vendor(0) },
  [38] = { 6, vendor(0) },
  [40] = { 4, key_request },
  [41] = { 15, key_reply(false) },
  [42] = { 4, key_request },
  [43] = { 17, key_reply(true) },
  [44] = { 6, function(tree, data)
    tree:add(f.tunnel_reply, data(1, 1))
    tree:add(f.force, data(2, 1), bit32.band(data(2, 1):uint(), 0x80) ~= 0)
    tree:add(f.keepalive, data(4, 2))
  end },
  [45] = { 2, function(tree, data) tree:add(f.status, data(1, 1)) end },
  [131] = { 1, function(tree, data) tree:add(f.nai, data) end },
  [132] = { 1, function(tree, data) tree:add(f.challenge, data) end },
  [133] = { 8, vendor(2) },
  [134] = { 8, vendor(2) },
  [144] = { 6, function(tree, data)
    tree:add(f.force, data(2, 1), bit32.band(data(2, 1):uint(), 0x80) ~= 0)
    tree:add(f.encapsulation, data(3, 1))
  end },
  [145] = { 2, function(tree, data)
    tree:add(f.source, data(0, 1))
    tree:add(f.text, data(1))
  end },
  [152] = { 1, function(tree, data)
    local kind, length = data(0, 1):uint(), data:len()
    tree:add(f.dual_stack, data(0, 1))
    if kind == 1 and length == 18 then
      tree:add(f.prefix_length, data(1, 1))
      tree:add(f.prefix, data(2, 16))
    elseif kind == 2 and length == 20 then
      tree:add(f.prefix_reply, data(1, 1))
      tree:add(f.prefix_length, data(2, 1))
      tree:add(f.prefix, data(4, 16))
    elseif length > 1 then
      tree:add(f.data, data(1))
    end
  end },
}

-- The header of an extension in octets, and how many follow it; nothing for one that ends beyond.
local function cut(range)
  local kind, left = range(0, 1):uint(), range:len()
  if kind == 0 then return 1, 0 end
  local drawn = kind == 139 and left >= 8 and DYNAMIC_HA[range(1, 1):uint()] and range(2, 2):uint() == 4
  local header, length
  if LONG[kind] or drawn then
    if left < 4 then return nil end
    header, length = 4, range(2, 2):uint()
  else
    if left < 2 then return nil end
    header, length = 2, range(1, 1):uint()
  end
  if left < header + length then return nil end
  return header, length
end

local function extensions(tree, range)
  while range do
    local kind = range(0, 1):uint()
    local name = EXTENSIONS[kind] or "unknown"
    local header, length = cut(range)
    if not header then
      tree:add(f.data, range):add_proto_expert_info(cut_off)
      return
    end
    local item = tree:add(mip, range(0, header + length), "Extension: " .. name .. " (" .. kind .. ")")
    item:add(f.extension, range(0, 1))
    if header == 4 then
      if kind == 139 then
        item:add(f.dynamic_ha, range(1, 1))
      elseif kind ~= 37 and kind ~= 38 then
        item:add(f.sub_type, range(1, 1))
      end
      item:add(f.length, range(2, 2))
    elseif header == 2 then
      item:add(f.length, range(1, 1))
    end
    if length > 0 then
      local data = range(header, length)
      local reader = readers[kind]
      if kind == 139 and header == 4 then
        item:add(f.ha_address, data)
      elseif reader and length >= reader[1] then
        reader[2](item, data)
      else
        item:add(f.data, data)
      end
    end
    local used = header + length
    range = range:len() > used and range(used) or nil
  end
end

function mip.dissector(buffer, pinfo, tree)
  local length = buffer:len()
  local kind = length > 0 and buffer(0, 1):uint() or nil
  local fixed = ({ [1] = 24, [3] = 20 })[kind]
  if not fixed or length < fixed then
    return builtin:call(buffer, pinfo, tree)
  end
  pinfo.cols.protocol = "MobileIP"
  local item = tree:add(mip, buffer())
  item:add(f.kind, buffer(0, 1))
  if kind == 1 then
    item:add(f.flags, buffer(1, 1)):append_text(" (" .. flags(buffer(1, 1):uint(), REQUEST_FLAGS) .. ")")
    pinfo.cols.info = "Registration Request"
  else
    item:add(f.code, buffer(1, 1))
    local code = buffer(1, 1):uint()
    pinfo.cols.info = "Registration Reply: " .. (CODES[code] or "code " .. code)
  end
  item:add(f.lifetime, buffer(2, 2))
  item:add(f.home_address, buffer(4, 4))
  item:add(f.home_agent, buffer(8, 4))
  if kind == 1 then item:add(f.care_of_address, buffer(12, 4)) end
  -- NTP counts from 1900, Wireshark from 1970.
  local at = fixed - 8
  local seconds, fraction = buffer(at, 4):uint() - 2208988800, buffer(at + 4, 4):uint()
  local nanoseconds = math.floor(fraction / 4294967296 * 1000000000)
  item:add(f.identification, buffer(at, 8), NSTime.new(seconds, nanoseconds))
  if length > fixed then extensions(item, buffer(fixed)) end
  return length
end

local ports = DissectorTable.get("udp.port")
ports:add(MIP_PORT, mip)
ports:add(MIP_PORT + PORT_OFFSET, mip)

-- RADIUS and PANA: the parameters beside what Wireshark shows itself ------------------------------

local payload_field = Field.new("udp.payload")
local source_field = Field.new("udp.srcport")
local destination_field = Field.new("udp.dstport")

local function is_port(ports, port)
  return ports[port] or ports[port + PORT_OFFSET]
end

local function radius(tree, range)
  local at = 20
  local last = math.min(range:len(), range(2, 2):uint())
  while at + 2 <= last do
    local kind, length = range(at, 1):uint(), range(at + 1, 1):uint()
    if length < 2 or at + length > last then return end
    if kind == VENDOR_SPECIFIC and length > 6 and range(at + 2, 4):uint() == VENDOR then
      local inner, finish = at + 6, at + length
      while inner + 2 <= finish do
        local sub_length = range(inner + 1, 1):uint()
        if sub_length < 2 or inner + sub_length > finish then break end
        local value = sub_length > 2 and range(inner + 2, sub_length - 2) or nil
        parameter(tree(), range(inner, 1):uint(), value)
        inner = inner + sub_length
      end
    end
    at = at + length
  end
end

local function pana(tree, range)
  local at = 16
  while at + 8 <= range:len() do
    local code, bits, length = range(at, 2):uint(), range(at + 2, 2):uint(), range(at + 4, 2):uint()
    local header = 8
    if bit32.band(bits, AVP_VENDOR_FLAG) ~= 0 then header = 12 end
    if at + header + length > range:len() then return end
    if header == 12 and range(at + 8, 4):uint() == VENDOR then
      parameter(tree(), code, length > 0 and range(at + header, length) or nil)
    end
    at = at + header + length + (-length) % 4
  end
end

function dsboot.dissector(_, _, tree)
  local payloads, sources, destinations = { payload_field() }, { source_field() }, { destination_field() }
  for i, payload in ipairs(payloads) do
    local range = payload.range
    local found = { [sources[i].value] = true, [destinations[i].value] = true }
    -- The tree is added when there is something to be put into it.
    local item
    local function lazily()
      item = item or tree:add(dsboot, range)
      return item
    end
    if is_port(found, RADIUS_PORT) and range:len() >= 20 then
      radius(lazily, range)
    elseif is_port(found, PANA_PORT) and range:len() >= 16 then
      pana(lazily, range)
    end
  end
end

register_postdissector(dsboot)
