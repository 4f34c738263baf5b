-- Sixty merchants, m-1001 to m-1060. Their order is the order of their size: see 31-payments.sql.
\connect payments
SET ROLE payments;

INSERT INTO merchants (id, name, country, created_at)
SELECT 'm-' || 1000 + position, name, country, now() - make_interval(days => 1400 - 19 * position::int)
FROM unnest(
    ARRAY['Nordlicht Möbel', 'Halden Outdoor', 'Tram & Tide', 'Casa Verbena', 'Pixel Pantry',
          'Bergmann Apotheke', 'Oslo Sykkel', 'Kettle & Co', 'Lumen Books', 'Rue Daguerre',
          'Atlas Tickets', 'Marlow Wines', 'Dobrze Kawa', 'Tinker Toys', 'Sol Fitness',
          'Velo Basel', 'Fable Press', 'Hafen Hotel', 'Quinta Nova', 'Bright Optics',
          'Polar Parts', 'Mint Mobile Repair', 'Ostrava Steel Art', 'Green Crate', 'Papermill',
          'Lotus Spa', 'Rhein Rowing', 'Studio Ember', 'Copper Kitchen', 'North Pier Sailing',
          'Atelier Lune', 'Zagreb Vinyl', 'Fjord Foods', 'Honest Honey', 'Clay & Kiln',
          'Iberia Cycles', 'Wien Noten', 'Tallinn Textiles', 'Baltic Bags', 'Oak Academy',
          'Sparrow Shoes', 'Dropline Sneakers', 'Garden Shed', 'Moor Whisky', 'Ticino Tours',
          'Delta Dental', 'Roma Gelati', 'Wool Works', 'Sunday Roasters', 'Arc Lighting',
          'Pine Pets', 'Meridian Maps', 'Harbour Chess', 'Luna Language School', 'Silver Pins',
          'Old Mill Bakery', 'Cobalt Cameras', 'Prairie Seeds', 'Tiny Trains', 'Last Mile Flowers'],
    ARRAY['DE', 'NO', 'GB', 'ES', 'IE', 'DE', 'NO', 'GB', 'GB', 'FR',
          'DE', 'GB', 'PL', 'NL', 'ES', 'CH', 'GB', 'DE', 'PT', 'IE',
          'FI', 'GB', 'CZ', 'NL', 'SE', 'AT', 'DE', 'NL', 'GB', 'GB',
          'FR', 'HR', 'NO', 'GB', 'PT', 'ES', 'AT', 'EE', 'LT', 'IE',
          'NL', 'GB', 'BE', 'GB', 'CH', 'DK', 'IT', 'GB', 'IE', 'DE',
          'FI', 'FR', 'GB', 'MT', 'AT', 'GB', 'DE', 'SE', 'CH', 'NL']
) WITH ORDINALITY AS shop (name, country, position);
