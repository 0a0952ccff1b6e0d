import type { LocalCloud } from '../../compute/local-cloud.ts';
import { typesOf } from '../instance/products.ts';
import { invalidArgument, notFound } from '../error.ts';
import { pageOf, slice } from '../pagination.ts';
import { param, type ApiRequest, type Route } from '../router.ts';
import { marketplaceImages, type MarketplaceImage } from './catalogue.ts';

/** `marketplace/v2/local-images`: ids of images by label, zone and kind. */
export function localImageRoutes(cloud: LocalCloud): readonly Route[] {
  return [
    { method: 'GET', pattern: '/marketplace/v2/local-images', handler: (request) => list(cloud, request) },
    {
      method: 'GET',
      pattern: '/marketplace/v2/local-images/:id',
      handler: (request) => {
        const id = param(request, 'id');
        const found = views(cloud, 'fr-par-1').find((view) => view.id === id);
        if (found === undefined) throw notFound('local_image', id);
        return { status: 200, body: found };
      },
    },
  ];
}

function list(cloud: LocalCloud, request: ApiRequest) {
  const { query } = request;
  const label = query.get('image_label');
  const type = query.get('type');
  if (label === null && query.get('image_id') === null && query.get('version_id') === null) {
    throw invalidArgument('image_label', 'required', 'image_label is required');
  }
  const found = views(cloud, query.get('zone') ?? 'fr-par-1').filter(
    (view) =>
      (label === null || view.label === label) &&
      (type === null || type === 'unknown_type' || view.type === type) &&
      (query.get('arch') === null || view.arch === query.get('arch')),
  );
  return {
    status: 200,
    body: { local_images: slice(found, pageOf(query, 'page_size')), total_count: found.length },
  };
}

function views(cloud: LocalCloud, zone: string) {
  return marketplaceImages.flatMap((image) => [
    view(cloud, image, image.sbsId, 'instance_sbs', zone),
    view(cloud, image, image.localId, 'instance_local', zone),
  ]);
}

function view(
  cloud: LocalCloud,
  image: MarketplaceImage,
  id: string,
  type: 'instance_sbs' | 'instance_local',
  zone: string,
) {
  const types = Object.entries(typesOf(cloud)).filter(
    ([, one]) => type === 'instance_sbs' || one.localStorage > 0,
  );
  return {
    id,
    arch: image.arch,
    zone,
    compatible_commercial_types: types.map(([name]) => name),
    label: image.label,
    type,
  };
}
