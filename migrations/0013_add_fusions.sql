-- A fusion: the room_scans.id of the scans that it combines, as a JSON list. Null for an upload.
alter table room_scans add column fused_from text;
